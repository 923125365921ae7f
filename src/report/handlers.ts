/** A function for each kind of event, in place of a switch that grows with the events. */

export type EventHandlers<Event extends { type: string }> = {
  readonly [Type in Event['type']]: (event: Extract<Event, { type: Type }>) => void;
};

/** Calls the handler of the event's kind. */
export function handleEvent<Event extends { type: string }>(
  handlers: EventHandlers<Event>,
  event: Event,
): void {
  const handler = handlers[event.type as Event['type']] as (event: Event) => void;
  handler(event);
}
