/** Writes the types of the public API beside its code. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';

const dist = new URL('../../dist/library/', import.meta.url);
mkdirSync(dist, { recursive: true });
declare('types.ts', 'types.d.ts');
declare('index.ts', 'index.d.ts');

function declare(source, target) {
  const { outputText, diagnostics } = ts.transpileDeclaration(
    readFileSync(new URL(source, import.meta.url), 'utf8'),
    {
      fileName: source,
      compilerOptions: { declaration: true, isolatedDeclarations: true, target: ts.ScriptTarget.ES2022 },
      reportDiagnostics: true,
    },
  );
  for (const { messageText } of diagnostics)
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
  writeFileSync(new URL(target, dist), outputText.replaceAll("'./types.ts'", "'./types.js'"));
}
