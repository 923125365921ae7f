/** Prints the entries of an import's log on standard output: one per line, or one JSON array. */
import { once } from 'node:events';
import type { Machine } from '../../machine.ts';
import { printable } from '../../report/terminal/printable.ts';
import { jsonText } from '../../report/list/json-text.ts';
import type { ImportLogEntry } from '../../vendors/scarf/imports.ts';

export class LogPrinter {
  readonly #stdout: Machine['stdout'];
  readonly #asArray: boolean;
  #printed = 0;
  #seen = 0;

  constructor(stdout: Machine['stdout'], options: { asArray: boolean }) {
    this.#stdout = stdout;
    this.#asArray = options.asArray;
  }

  /** Called when the log is read again from its beginning: entries that were printed are skipped. */
  restart(): void {
    this.#seen = 0;
  }

  /** Resolves when more can be printed. */
  async print(entry: ImportLogEntry): Promise<void> {
    this.#seen++;
    if (this.#seen <= this.#printed) return;
    const text = jsonText(entry);
    const before = this.#printed === 0 ? '[' : ',';
    this.#printed++;
    await this.#write(this.#asArray ? before + text : `${printable(text)}\n`);
  }

  async end(): Promise<void> {
    if (this.#asArray) await this.#write(this.#printed === 0 ? '[]\n' : ']\n');
  }

  async #write(text: string): Promise<void> {
    if (!this.#stdout.write(text)) await once(this.#stdout, 'drain');
  }
}
