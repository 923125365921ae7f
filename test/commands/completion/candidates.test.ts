import { beforeAll, describe, expect, it } from 'vitest';
import { completionFor, type Offer } from '../../../src/commands/completion/candidates.ts';
import { allNodes, type CommandNode } from '../../../src/commands/tree/node.ts';
import { programDocument } from '../../docs/pages/program.ts';

let root: CommandNode;
beforeAll(async () => {
  root = await programDocument('0.0.0');
});

const valuesOf = (offer: Offer) => (offer.kind === 'words' ? offer.words.map(({ value }) => value) : []);
const offerFor = (line: string) => completionFor(root, line.split(' '));

describe('the word under the cursor', () => {
  it.each([
    ['', ['import', 'export', 'runs']],
    ['imports ', ['list', 'show', 'wait', 'abort']],
    ['import --format ', ['auto', 'ndjson', 'csv']],
    ['import events.ndjson --format=', ['auto', 'ndjson', 'csv']],
    ['ingest moesif calls.ndjson --old', ['--old-events']],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell']],
    ['help ', ['import', 'export']],
  ])('of "%s" may be one of %j', (line, expected) => {
    const values = valuesOf(offerFor(line));
    // What the shell drops by what was typed is left to it; here all that may stand there is offered.
    expect(values).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    ['import ', 'files'],
    ['import one.ndjson ', 'files'],
    ['import --owner acme ', 'files'],
    ['import --rejects ', 'files'],
    ['import --rejects=', 'files'],
    ['runs list --state-dir ', 'directories'],
    ['sandbox exec -- ', 'files'],
  ])('of "%s" is one of the %s', (line, kind) => {
    expect(offerFor(line)).toEqual({ kind });
  });

  it.each([
    ['runs show ', 'runs'],
    ['runs resume ', 'runs'],
    ['imports show ', 'imports'],
    ['imports wait one ', 'imports'],
  ])('of "%s" is looked up among the %s', (line, of) => {
    expect(offerFor(line)).toEqual({ kind: 'lookup', of });
  });

  it('offers no flag twice that may be given once', () => {
    expect(valuesOf(offerFor('import --format csv --for'))).not.toContain('--format');
    expect(valuesOf(offerFor('import --map a=b --m'))).toContain('--map');
  });

  it('is a value and no word behind a flag with free text', () => {
    expect(offerFor('import --owner ')).toEqual({ kind: 'words', words: [] });
    expect(offerFor('runs show one ')).toEqual({ kind: 'words', words: [] });
  });
});

it('every flag of every command is offered there', () => {
  for (const node of allNodes(root)) {
    const offered = valuesOf(completionFor(root, [...node.path, '-']));
    const flags = node.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
    expect([node.path, offered]).toEqual([node.path, flags]);
  }
});
