/**
 * Answers `--version`, and `--help` of the program and of every command, without the program, which takes longer to load
 * than Node.js to start. The program would print the same: the texts of help are its own, written down by the build.
 */
const { fstatSync, readFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');

const helps = join(__dirname, '../dist/help');
const about = join(__dirname, '../package.json');

/** Whether the command line was answered; otherwise nothing was printed, and the program has to run. */
function answerAtOnce(argv) {
  try {
    const text = textFor(argv);
    if (text === undefined) return false;
    print(text);
    return true;
  } catch {
    // A build without texts, a full disk, a reader that is gone: the program knows what to say.
    return false;
  }
}

/** Undefined: the program has to be asked. */
function textFor(argv, columns = outputColumns()) {
  const command = argv.slice(0, -1);
  const option = argv.at(-1);
  if (command.length === 0 && (option === '--version' || option === '-V'))
    return `${JSON.parse(readFileSync(about, 'utf8')).version}\n`;
  const asksForHelp = option === '--help' || option === '-h';
  if (!asksForHelp || command.some((word) => !/^[a-z][a-z-]*$/.test(word))) return undefined;
  const { widths, widest } = JSON.parse(readFileSync(join(helps, fileOf(command)), 'utf8'));
  return columns > 100 ? widest : widths[columns];
}

/** Where the build has put the help of a command. */
function fileOf(command) {
  return `${['scarf-cli', ...command].join('.')}.json`;
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

module.exports = { answerAtOnce, textFor };
