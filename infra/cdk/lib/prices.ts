// Fargate's list prices, from the table that the command `jit-runners` and
// docs/costs.md are computed from.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'smol-toml';

const TABLE = path.resolve(import.meta.dirname, '../../cli/observe/src/prices/prices.toml');

/** USD an hour. */
export interface HourlyPrice {
  readonly vcpuHour: number;
  readonly gbHour: number;
}

/** Prices of Fargate in one region. */
export interface FargatePrices {
  readonly x86: HourlyPrice;
  readonly arm: HourlyPrice;
  /** USD per GB and hour above what is included. */
  readonly storageGbHour: number;
  readonly includedStorageGib: number;
  /** The part of the price that Spot takes off, 0 to 1. */
  readonly spotDiscount: number;
}

/** The prices of the table's first region. */
export function fargatePrices(): FargatePrices {
  const table = parse(readFileSync(TABLE, 'utf8')) as { region: { fargate: Record<string, unknown> }[] };
  const fargate = table.region[0]?.fargate;
  const number = (holder: unknown, key: string): number => {
    const value = (holder as Record<string, unknown> | undefined)?.[key];
    if (typeof value !== 'number') {
      throw new Error(`prices.toml has no number ${key} for Fargate in its first region`);
    }
    return value;
  };
  const hourly = (architecture: string): HourlyPrice => ({
    vcpuHour: number(fargate?.[architecture], 'vcpu_hour'),
    gbHour: number(fargate?.[architecture], 'gb_hour'),
  });
  return {
    x86: hourly('x86_64'),
    arm: hourly('arm64'),
    storageGbHour: number(fargate, 'storage_gb_hour'),
    includedStorageGib: number(fargate, 'included_storage_gib'),
    spotDiscount: number(fargate, 'spot_discount'),
  };
}
