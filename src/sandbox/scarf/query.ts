import { emptyReply, Refusal, textReply } from '../wire/reply.ts';
import { isUuid } from '../identity.ts';

/*
 * Refusals as in Scarf's server generator (scarf-sh/tie, 2024-10-28): a scalar that cannot be parsed is named
 * in plain text; a bad member of a repeated parameter gets an empty 400.
 */

function refuseScalar(name: string): Refusal {
  return new Refusal(textReply(400, `Unable to recognize query parameter: ${name}`));
}

export function optionalInteger(url: URL, name: string): number | undefined {
  const text = url.searchParams.get(name);
  if (text === null) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw refuseScalar(name);
  return Number(text);
}

export function optionalUuid(url: URL, name: string): string | undefined {
  const text = url.searchParams.get(name);
  if (text === null) return undefined;
  if (!isUuid(text)) throw refuseScalar(name);
  return text.toLowerCase();
}

export function optionalDate(url: URL, name: string): string | undefined {
  const text = url.searchParams.get(name);
  if (text === null) return undefined;
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  if (!isDate) throw refuseScalar(name);
  return text;
}

export function repeatedChoice<Choice extends string>(
  url: URL,
  name: string,
  choices: readonly Choice[],
): Choice[] {
  return url.searchParams.getAll(name).map((text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw new Refusal(emptyReply(400));
    return choice;
  });
}
