// The graph as a file: the server's standalone SVG, or that SVG painted on a
// canvas as a PNG of twice its size.

import { of, text } from './api.js';
import { toast } from './dom.js';

const SCALE = 2;

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const file = (name, ending) => `${name.replace(/[^\w.-]+/g, '-')}.${ending}`;

const standalone = async (name) => new Blob([await text(`${of(name)}/graph.svg?standalone=1`)], { type: 'image/svg+xml' });

async function told(work) {
  try {
    await work();
  } catch (error) {
    toast(`The graph could not be exported: ${error.message}`);
  }
}

/** Saves the SVG. */
export const svg = (name) => told(async () => save(await standalone(name), file(name, 'svg')));

/** Saves the PNG. */
export const png = (name) => told(async () => {
  const address = URL.createObjectURL(await standalone(name));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(image.naturalWidth * SCALE);
    canvas.height = Math.ceil(image.naturalHeight * SCALE);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
    if (!blob) throw new Error('the browser could not make a PNG of it');
    save(blob, file(name, 'png'));
  } finally {
    URL.revokeObjectURL(address);
  }
});
