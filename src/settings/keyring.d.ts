/** The part of the optional package that is used. Tests may substitute another implementation. */
declare module '@napi-rs/keyring' {
  interface KeyringOptions {
    linux?: { store?: 'secret-service' | 'keyutils' };
  }

  /** As `AsyncEntry`, synchronous. */
  export class Entry {
    constructor(service: string, account: string, options?: KeyringOptions);
    getPassword(): string | null | undefined;
    setPassword(secret: string): void;
    deletePassword(): boolean;
  }

  export class AsyncEntry {
    constructor(service: string, account: string, options?: KeyringOptions);
    getPassword(): Promise<string | null | undefined>;
    setPassword(secret: string): Promise<void>;
    deletePassword(): Promise<boolean>;
  }
}
