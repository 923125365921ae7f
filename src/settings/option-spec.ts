/** Options declared as data. */
import type { OptionGroup } from './option-groups.ts';

/**
 * How the text of an option is parsed. `byteSize` gives bytes (`32MiB`), `duration` milliseconds (`10s`),
 * `share` a `Share` (`10`, `5%`), `path` the name of a file or directory. The default is `path` when the
 * option has a path use, `flag` when the flag takes no argument, else `text`.
 */
export type OptionKind = 'text' | 'flag' | 'count' | 'byteSize' | 'duration' | 'share' | 'path';

/** How to recognize a file that an earlier run wrote and that may be replaced. */
export interface Replaceable {
  /** `a report of scarf-cli` */
  name: string;
  /** Matches the beginning of such a file, decoded as text. */
  beginning: RegExp;
  /** What the user can do about any other file. */
  hint: string;
  /** Applies even with `--overwrite`, which concerns other files. */
  always?: boolean;
}

/** What the command does with a path. The guard over all paths of a command follows from it. */
export interface PathUse {
  /**
   * `input` is read; `output` is created, appended to or replaced; `state` is a directory with files of our
   * own.
   */
  role: 'input' | 'output' | 'state';
  /** Endings of files that are written next to an output: `.meta.ndjson`. */
  beside?: readonly string[];
  /** Names in a state directory that are reserved for us. Other names there are free for others to use. */
  kept?: readonly string[];
  /** Of an output: which existing files are replaced without being asked; absent: any file. */
  replaces?: Replaceable;
  /** Whether the text may be an address (`s3://…`). Absent: addresses are refused, not taken for paths. */
  mayBeAddress?: boolean;
  /** Whether the text names a file; false for `-` and for addresses. Absent: every text does. */
  isFile?(text: string): boolean;
}

/**
 * An option, declared once as data: the command line, the environment, help and docs follow from it. Its
 * value is the flag's, else that of the first environment name that is set, else the profile's, else the
 * default.
 */
export interface OptionSpec<T = unknown> {
  /** The key among the values. */
  name: string;
  /**
   * As commander writes it: `--max-active <n>`; `--no-wait` (then `--wait` is accepted too); absent for
   * options that have no flag.
   */
  flags?: string;
  /**
   * For a secret: the flag that names a file with the value, as commander writes it: `--token-file <path>`.
   * The file is only read.
   */
  fileFlags?: string;
  /** For a secret: the name of the option with a command that prints the value on its first line. */
  commandOption?: string;
  environment?: readonly string[];
  description: string;
  default?: T;
  choices?: readonly string[];
  kind?: OptionKind;
  /** For a path: what the command does with it. */
  path?: PathUse;
  /** The minimum of a count, size or duration. */
  minimum?: number;
  /** The flag may be given several times; the value is an array. */
  repeatable?: boolean;
  /**
   * Parses text for which no kind fits. Throws an Error with a sentence about the value; the caller adds the
   * flag or variable.
   */
  parse?(text: string, previous: T | undefined): T;
  /** The value is secret and never appears in any output. Secrets have no flag. */
  secret?: boolean;
  /** Applies to this process only: the value is not recorded with a run, nor used when the run is resumed. */
  transient?: boolean;
  /** Whether the value affects which bytes are sent and where: part of the recipe. */
  recipe?: boolean;
  /**
   * Options of the same command, any one of which this one needs to have an effect: by name (`summary`), or with the
   * value it must have (`format=log`). Help says so, and who types it without them is refused (`effect.ts`). What only
   * permits (`--yes`, `--overwrite`) or tunes speed needs none: scripts give it always.
   */
  needs?: readonly string[];
  /** Options of the same command beside which this one has no effect, written as in `needs`. */
  uselessWith?: readonly string[];
  /** It has an effect only where an input or an output has an address that begins so: `s3://`. */
  forAddresses?: string;
  /**
   * Options that cannot stand beside this one, by name. Values of theirs from farther away give way to it: who types
   * `--append` takes back an `overwrite` that is saved. Two from the same place are for the command to refuse.
   */
  insteadOf?: readonly string[];
  /** It cannot be saved: what is saved under this name for the vendor is another option's, and does not apply. */
  notSaved?: true;
  /** The heading it is listed under. Default: `general`. */
  group?: OptionGroup;
  /** Whether the short `--help` of a command with many options lists it; `--help-all` lists all. */
  common?: boolean;
  /**
   * Values of other options that this value implies, by option name. They rank below everything the user set
   * and above the defaults.
   */
  implies?(value: T): Readonly<Record<string, unknown>>;
  /** For a repeatable option: whether a given value replaces an implied one. Absent: both apply. */
  overrides?(given: string, implied: string): boolean;
}
