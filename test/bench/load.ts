/** What the processors of the machine do, and what of it is not of this benchmark. */
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel was built with (`man 5 proc`, USER_HZ). */
const tickMs = 10;

/** Work of all processors so far. Undefined where the system does not say. */
export function busyMs(): number | undefined {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + irq + softirq) * tickMs;
  } catch {
    return undefined;
  }
}

/** Work of a process so far, without its children. */
export function processMs(pid: number): number {
  try {
    // The name of the program stands in parentheses, and may hold spaces.
    const [user, system] =
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').slice(11, 13) ?? [];
    return (Number(user) + Number(system)) * tickMs;
  } catch {
    return 0;
  }
}
