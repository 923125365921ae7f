import ts from 'typescript';

export interface Import {
  specifier: string;
  /** `type`: erased when compiled; `lazy`: loaded when it is reached. */
  kind: 'value' | 'type' | 'lazy';
}

/** Every import of a source text: static, re-exported, dynamic and in types. */
export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2022), (node) => {
    const one = importIn(node);
    if (one) found.push(one);
  });
  return found;
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

function importIn(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) {
    return {
      specifier: textOf(node.moduleSpecifier),
      kind: isTypeImport(node.importClause) ? 'type' : 'value',
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifier: textOf(node.moduleSpecifier), kind: node.isTypeOnly ? 'type' : 'value' };
  }
  if (ts.isImportTypeNode(node)) {
    return {
      specifier: ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : '?',
      kind: 'type',
    };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: textOf(node.arguments[0]), kind: 'lazy' };
  }
  return undefined;
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

/** A computed name cannot be checked: it is returned as `?`. */
function textOf(node: ts.Node | undefined): string {
  return node && ts.isStringLiteralLike(node) ? node.text : '?';
}
