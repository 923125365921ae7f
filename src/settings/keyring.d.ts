/** The part of an optional package that is used. Tests may put another one in its place. */
declare module '@napi-rs/keyring' {
  interface KeyringOptions {
    linux?: { store?: 'secret-service' | 'keyutils' };
  }

  /** As `AsyncEntry`, at once. */
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
