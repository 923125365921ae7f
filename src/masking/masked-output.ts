/** An output stream that masks secrets in text. */
import type { Writable } from 'node:stream';
import type { Mask } from './mask.ts';

/**
 * The same stream, except that text passed to `write` and `end` is masked; JSON stays JSON. Bytes are rows
 * and pass unchanged.
 */
export function maskedOutput<Output extends Writable>(stream: Output, mask: Mask): Output {
  type Write = (content: unknown, ...rest: unknown[]) => unknown;
  const through = (write: Write): Write => {
    return (content, ...rest) =>
      write(typeof content === 'string' ? maskedText(content, mask) : content, ...rest);
  };
  const changed: Record<string | symbol, unknown> = {
    write: through((...given) => stream.write(...(given as [unknown]))),
    end: through((...given) => stream.end(...(given as [unknown]))),
  };
  return new Proxy(stream, {
    get(target, name) {
      if (changed[name] !== undefined) return changed[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
    // Whoever hooks `write` (a spinner does) hooks it here: put on the stream itself, the hook would call itself.
    set(target, name, value) {
      if (!(name in changed)) return Reflect.set(target, name, value, target);
      changed[name] = value;
      return true;
    },
  });
}

function maskedText(text: string, mask: Mask): string {
  return /^\s*[[{]/.test(text) ? mask.json(text) : mask.text(text);
}
