/** How the rows of a delivery are made: format and shaping from the settings. */
import type { Input, OptionSpec, Supply, Target } from '../../contracts.ts';
import { createNdjsonFormat } from '../../formats/ndjson.ts';
import type { FillId } from '../../shaping/ids.ts';
import type { OldEvents } from '../../shaping/row-rules.ts';
import { createShaping } from '../../shaping/shaping.ts';
import { createSupply } from '../../shaping/supply.ts';

export const ROW_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'fillId',
    flags: '--fill-id <mode>',
    description: 'ids for rows without one: by position, by content (equal rows become one), or none',
    choices: ['position', 'content', 'off'],
    default: 'position',
    recipe: true,
  },
  {
    name: 'oldEvents',
    flags: '--old-events <action>',
    description: 'rows whose time the vendor calls too old',
    choices: ['warn', 'reject', 'send'],
    default: 'warn',
  },
  {
    name: 'maxRow',
    flags: '--max-row <size>',
    description: 'longer rows are rejects',
    kind: 'byteSize',
    minimum: 1,
    default: 16 * 1024 * 1024,
  },
];

export interface RowSettings {
  fillId: FillId;
  oldEvents: OldEvents;
  maxRow: number;
}

export interface RowsOptions {
  target: Pick<Target, 'shape' | 'idField'>;
  recipe: string;
  nowMs: number;
  settings: RowSettings;
}

/** The supply of one input. */
export async function supplyFor(input: Input, inputIndex: number, options: RowsOptions): Promise<Supply> {
  const { target, recipe, nowMs, settings } = options;
  const { fillId, oldEvents, maxRow } = settings;
  const shaping = createShaping({
    shape: target.shape,
    idField: target.idField,
    fillId,
    recipe,
    oldEvents,
    nowMs,
  });
  return createSupply({ input, inputIndex, format: createNdjsonFormat(), shaping, maxRowBytes: maxRow });
}
