/**
 * Answers `--version` and `--help` without the program, which takes longer to load than Node.js to start. The
 * program would print the same: the text of help is its own, written down by the build.
 */
import { fstatSync, readFileSync, writeSync } from 'node:fs';

const help = new URL('../dist/help.json', import.meta.url);
const about = new URL('../package.json', import.meta.url);

/** Whether the command line was answered; otherwise nothing was printed, and the program has to run. */
export function answerAtOnce(argv) {
  try {
    const text = argv.length === 1 ? textFor(argv[0]) : undefined;
    if (text === undefined) return false;
    print(text);
    return true;
  } catch {
    // A build without texts, a full disk, a reader that is gone: the program knows what to say.
    return false;
  }
}

/** Undefined: the program has to be asked. */
export function textFor(option, columns = outputColumns()) {
  if (option === '--version' || option === '-V')
    return `${JSON.parse(readFileSync(about, 'utf8')).version}\n`;
  if (option !== '--help' && option !== '-h') return undefined;
  const { widths, widest } = JSON.parse(readFileSync(help, 'utf8'));
  return columns > 100 ? widest : widths[columns];
}

/** As the program has it: only a terminal has columns. */
function outputColumns() {
  return fstatSync(1).isCharacterDevice() ? (process.stdout.columns ?? 100) : 100;
}

/** What is left when a pipe takes no more for now goes through the stream, which waits. */
function print(text) {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
    process.stdout.write(bytes.subarray(written));
  }
}
