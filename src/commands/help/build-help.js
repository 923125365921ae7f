// Writes down what `--help` of the program and of each command prints at the usual widths, for `bin/at-once.js`: a file a
// command, so that only one is read. Runs after everything is built.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

const program = new URL('../../../dist/main.js', import.meta.url);
const texts = new URL('../../../dist/help/', import.meta.url);
/** Of a terminal, and of output that is no terminal. */
const usual = [80, 100];
const endless = 10_000;

const commands = pathsOf(JSON.parse(printed([{ argv: ['describe', '--json'], columns: 100 }])[0]));
const calls = commands.flatMap((path) =>
  [...usual, endless].map((columns) => ({ argv: [...path, '--help'], columns })),
);
const helps = printed(calls);
rmSync(texts, { recursive: true, force: true });
mkdirSync(texts, { recursive: true });
for (const [index, path] of commands.entries()) {
  const [narrow, wide, widestOfAll] = helps.slice(index * 3, index * 3 + 3);
  // Only when no line is longer than that is help the same on every wider terminal.
  const widest = widestOfAll === wide ? wide : undefined;
  const file = new URL(`${['scarf-cli', ...path].join('.')}.json`, texts);
  writeFileSync(file, JSON.stringify({ widths: { 80: narrow, 100: wide }, widest }));
}

function pathsOf({ path, commands: below = [] }) {
  return [path, ...below.flatMap(pathsOf)];
}

/** What command lines print, one after another in one process. */
function printed(lines) {
  const script = `
    const { main } = await import('${program.href}');
    const write = process.stdout.write.bind(process.stdout);
    // The program ends its process a while after a command.
    process.exit = process.kill = () => undefined;
    process.setMaxListeners(0);
    process.stdout.setMaxListeners(0);
    process.stderr.setMaxListeners(0);
    const texts = [];
    for (const { argv, columns } of ${JSON.stringify(lines)}) {
      let text = '';
      process.stdout.write = (part, encoding, done = encoding) => {
        text += part;
        if (typeof done === 'function') done();
        return true;
      };
      process.stdout.columns = columns;
      process.argv = [process.execPath, 'scarf-cli', ...argv];
      await main();
      texts.push(text);
    }
    write(JSON.stringify(texts));
  `;
  const json = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(json);
}
