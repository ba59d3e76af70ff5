// Logs Insights queries over the line that verify-removal writes for each task
// that ended: what each repository used, and what that costs at list prices.

import { aws_logs as logs } from 'aws-cdk-lib';
import { fargatePrices } from './prices.ts';

/** One record a task: a repeated call of the function logs its line again. */
const TASKS = [
  'fields @timestamp, repository, task_arn, cpu, memory_mib, storage_gib, architecture, capacity, billed_seconds',
  'filter message = "attempt ended" and billed_seconds > 0',
  'dedup task_arn',
];

const HOURS = 'billed_seconds / 3600';

/** vCPU-hours, GB-hours and tasks of each repository, by architecture and capacity. */
export function usageByRepository(): logs.QueryString {
  return query([
    ...TASKS,
    `fields cpu / 1024 * ${HOURS} as vcpu_hours, memory_mib / 1024 * ${HOURS} as gb_hours`,
    'stats count(*) as tasks, sum(vcpu_hours) as vCPU_hours, sum(gb_hours) as GB_hours by repository, architecture, capacity',
    'sort vCPU_hours desc',
  ]);
}

/** USD of each repository, at the prices of infra/cli/observe/src/prices/prices.toml for its first region. */
export function costByRepository(): logs.QueryString {
  const { x86, arm, storageGbHour, spotDiscount, includedStorageGib } = fargatePrices();
  // 1 or 0: Logs Insights has no conditional expression.
  const isArm = 'strcontains(architecture, "ARM64")';
  const isSpot = 'strcontains(capacity, "spot")';
  const price = (x: number, a: number) => `(${decimal(x)} ${signed(a - x)} * ${isArm})`;
  return query([
    ...TASKS,
    `fields cpu / 1024 * ${price(x86.vcpuHour, arm.vcpuHour)} + memory_mib / 1024 * ${price(x86.gbHour, arm.gbHour)} as hourly`,
    `fields greatest(storage_gib - ${includedStorageGib}, 0) * ${decimal(storageGbHour)} as storage`,
    `fields ${HOURS} * (hourly * (1 - ${decimal(spotDiscount)} * ${isSpot}) + storage) as usd`,
    'stats count(*) as tasks, sum(usd) as USD by repository',
    'sort USD desc',
  ]);
}

function query(lines: string[]): logs.QueryString {
  return new Verbatim(lines.join('\n| '));
}

/** CDK's own builder knows neither `dedup` nor more than one `fields`. */
class Verbatim extends logs.QueryString {
  constructor(private readonly text: string) {
    super();
  }

  override toString(): string {
    return this.text;
  }
}

function decimal(value: number): string {
  return value.toFixed(8).replace(/0+$/, '').replace(/\.$/, '');
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'} ${decimal(Math.abs(value))}`;
}
