import { expect, test } from 'vitest';
import { percentDecoded, withoutPort } from '../../../src/shaping/reshape/log-values.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:80', '192.0.2.1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['[::1]', '::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['2001:db8:4538:1:bcf4:5264:e01c:f215:50718', '2001:db8:4538:1:bcf4:5264:e01c:f215'],
  ['2001:db8::1:50718', '2001:db8::1'],
  // Either could be meant: nothing is taken away.
  ['2001:db8::1:443', '2001:db8::1:443'],
  ['host.example.com:80', 'host.example.com:80'],
  ['[nonsense]:1', '[nonsense]:1'],
  ['', ''],
])('%j without its port', (text, wanted) => {
  expect(withoutPort(text)).toBe(wanted);
});

test.each([
  ['Mozilla/5.0%20(X11;%20%22q%22)', 'Mozilla/5.0 (X11; "q")'],
  ['%2520', '%20'],
  ['caf%C3%A9%', 'café%'],
  ['%FF%41 100%', '%FF%41 100%'],
  ['a+b', 'a+b'],
])('%j decoded', (text, wanted) => {
  expect(percentDecoded(text)).toBe(wanted);
});
