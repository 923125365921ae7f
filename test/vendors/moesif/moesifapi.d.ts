/** The parts of Moesif's own client that the tests use; it comes without types. */
declare module 'moesifapi' {
  interface Side {
    time: string;
    uri?: string;
    verb?: string;
    status?: number;
    headers?: Record<string, string>;
    apiVersion?: string;
    ipAddress?: string;
    body?: unknown;
    transferEncoding?: string;
  }

  interface Event {
    request: Side;
    response: Side;
    sessionToken?: string;
    tags?: string;
    userId?: string;
    companyId?: string;
    metadata?: unknown;
    direction?: string;
    weight?: number;
    blockedBy?: string;
  }

  const client: {
    configuration: { BaseUri: string; ApplicationId: string };
    EventModel: new (event: Event) => object;
    ApiController: {
      createEvent(event: object, callback: (error: unknown) => void): void;
      createEventsBatch(events: object[], callback: (error: unknown) => void): void;
    };
  };

  export default client;
}
