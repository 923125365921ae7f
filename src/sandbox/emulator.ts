import type { EventCounts, StoredEvent } from './events/store.ts';
import type { Clock, Random } from './identity.ts';
import type { Route } from './wire/router.ts';

/** The clock and randomness of an emulator. */
export interface EmulatorContext {
  clock: Clock;
  random: Random;
}

/** What can be read of any emulated vendor, in process or through `GET /_sandbox/state`. */
export interface VendorState {
  /** The events held after de-duplication; their text only where the options keep it. */
  events(): StoredEvent[];
  counts(): EventCounts & Record<string, number>;
}

/** One emulated vendor: its routes and its state. */
export interface Emulator<State extends VendorState = VendorState> {
  state: State;
  routes: Route[];
  /** The environment variables that point a client at the given origin. */
  environment(origin: string): Record<string, string>;
}
