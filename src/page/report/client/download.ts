/** Offers what a chart shows as a file. */
import type { TableOptions } from './table.ts';

/** Rows as CSV (RFC 4180). */
export function csvOf({ columns, rows }: Pick<TableOptions, 'columns' | 'rows'>): string {
  const lines = [columns.map(({ name }) => name), ...rows];
  return lines.map((line) => `${line.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function offer(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun by the next turn.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A picture that stands alone: with its colours, on paper. */
export function svgText(picture: SVGElement, styles: string, paper: string): string {
  const copy = picture.cloneNode(true) as SVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  style.textContent = styles;
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [key, value] of [
    ['width', '100%'],
    ['height', '100%'],
    ['fill', paper],
  ] as const) {
    background.setAttribute(key, value);
  }
  copy.prepend(style, background);
  return new XMLSerializer().serializeToString(copy);
}

/** A canvas on paper, since its own ground is transparent. */
export function offerPng(name: string, canvas: HTMLCanvasElement, paper: string): void {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  if (context === null) return;
  context.fillStyle = paper;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => {
    if (blob !== null) offer(name, blob);
  });
}
