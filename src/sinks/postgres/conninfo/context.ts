import type { Machine } from '../../../machine.ts';

export type ConninfoContext = Pick<Machine, 'environment' | 'homeDirectory' | 'userName' | 'random'> & {
  onNotice: (code: string, message: string) => void;
};
