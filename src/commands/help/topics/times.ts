/** `help times`: the time formats that are recognized, and how to describe others. */
import { TIME_FORMS } from '../../../shaping/time/forms.ts';
import { DIRECTIVES, SHORTHANDS } from '../../../shaping/time/time-format.ts';

/** Generated from the tables of the time parser. */
export function times(): string {
  const forms = TIME_FORMS.map(({ name, examples, note }) =>
    [`  ${name}: ${note}`, ...examples.map((example) => `    ${example}`)].join('\n'),
  );
  const directives = Object.entries(DIRECTIVES).map(([letter, { meaning }]) => `  %${letter}  ${meaning}`);
  return `Times that are read by themselves:
${forms.join('\n')}

Others are described with --time-format '%d/%m/%Y %H:%M', several with %| between them:
${directives.join('\n')}
  ${Object.entries(SHORTHANDS)
    .filter(([, meaning]) => meaning.length > 2)
    .map(([letter, meaning]) => `%${letter} is ${meaning}`)
    .join('; ')}

A time without a zone is one of --time-zone (UTC unless given). What has two readings is a reject, never a guess.
`;
}
