/** docs/json.md from the schemas. */

/** As much of JSON Schema as the schemas use. */
export interface Schema {
  $id?: string;
  title?: string;
  description?: string;
  type?: string | readonly string[];
  enum?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  oneOf?: readonly Schema[];
  $ref?: string;
  $defs?: Readonly<Record<string, Schema>>;
  additionalProperties?: boolean | Schema;
}

/** The whole page; `npm run docs` writes it. */
export function jsonPage(schemas: ReadonlyMap<string, Schema>): string {
  const documents = [...schemas].filter(([name]) => name !== 'common.json');
  const parts = Object.entries(schemas.get('common.json')?.$defs ?? {});
  return `${[
    '# JSON documents',
    'Made by `npm run docs` from the JSON Schemas in `schemas/`, which come with the package; change them there. Within one version of a document (`schema`) keys are only added, so ignore those that you do not know. Every document that the tests see is held against its schema.',
    ...documents.flatMap(([name, schema]) => [
      `## ${schema.title}`,
      `${schema.description} Schema: [${name}](../schemas/${name}).`,
      ...tableOf(schema.type === 'array' ? (schema.items ?? {}) : schema),
    ]),
    '## Parts',
    ...parts.flatMap(([name, schema]) => [`### ${name}`, schema.description ?? '', ...tableOf(schema)]),
  ].join('\n\n')}\n`;
}

function tableOf(schema: Schema): string[] {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return [];
  return [['| key | type | meaning |', '|---|---|---|', ...rows].join('\n')];
}

/** A line a key, those of objects and lists below their own. */
function rowsOf({ properties = {}, required = [] }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    const optional = required.includes(key) ? '' : ' (may be absent)';
    const row = `| \`${name}\` | ${typeOf(schema)} | ${escape(schema.description ?? '')}${optional} |`;
    return [
      row,
      ...rowsOf(innerOf(schema), name.endsWith('[]') ? `${name}.` : `${name}${schema.items ? '[]' : ''}.`),
    ];
  });
}

/** What has keys of its own: the object, the items of a list, or the alternative that is no null. */
function innerOf(schema: Schema): Schema {
  if (schema.items) return innerOf(schema.items);
  return schema.oneOf?.find(({ properties }) => properties !== undefined) ?? schema;
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return reference(schema.$ref);
  if (schema.enum) return 'text';
  if (schema.oneOf) return [...new Set(schema.oneOf.map(typeOf))].join(' or ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['anything']);
  return types.map((type) => (type === 'string' ? 'text' : type)).join(' or ');
}

function reference(address: string): string {
  const name = address.split('/').at(-1) ?? '';
  return address.startsWith('common.json') ? `[${name}](#${name})` : name;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replace(/[<>]/g, (character) => `\\${character}`);
}
