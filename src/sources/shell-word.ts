/** Text as one word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The name of an input in a command that is proposed; a pipe has none. */
export function shellName(path: string): string {
  return path === '-' ? 'FILE' : shellWord(path.startsWith('-') ? `./${path}` : path);
}
