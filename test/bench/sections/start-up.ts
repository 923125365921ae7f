import { detail, ratio, type Section } from '../findings.ts';
import { measurePairs } from '../measure.ts';
import { COMMAND } from '../place.ts';

const startUps = 15;

/** What is asked most often, beside Node.js alone. */
export const startUp: Section = async function* (place) {
  for (const [option, floor] of [
    ['--version', { most: 1.25, judgedSmall: true }],
    ['--help', { most: 1.25, judgedSmall: true }],
    ['limits', undefined],
  ] as const) {
    const { one, other } = await measurePairs(
      startUps,
      () => place.startUp(COMMAND, option),
      () => place.startUp('-e', '0'),
    );
    yield {
      name: `${option} beside node -e 0`,
      value: ratio(one, other),
      unit: 'times',
      ...(floor === undefined ? {} : { floor }),
      ...detail(one, other),
    };
  }
};
