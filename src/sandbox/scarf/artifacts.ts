import type { Artifact, ScarfSettings } from './options.ts';

const SAMPLE_ARTIFACTS: Artifact[] = [
  { kind: 'package', id: '970493a1-4ca0-4a4d-a085-fdce578e5a08', name: 'widget', type: 'npm' },
  { kind: 'package', id: '3f0cf2b1-5f0e-4d0b-9d53-1a7f0d7a5b11', name: 'library/widget', type: 'docker' },
  {
    kind: 'pixel',
    id: 'c4bd9a67-1d68-4d4f-b1b8-5a4f0b6f2a77',
    name: 'Documentation',
    packageId: '970493a1-4ca0-4a4d-a085-fdce578e5a08',
  },
];

/** Which artifacts the account has, and whether an event may name one. */
export class ArtifactCatalog {
  readonly packages: Artifact[];
  readonly pixels: Artifact[];
  private readonly acceptsAny: boolean;

  constructor(artifacts: ScarfSettings['artifacts']) {
    this.acceptsAny = artifacts === 'any';
    const known = artifacts === 'any' ? SAMPLE_ARTIFACTS : artifacts;
    this.packages = known.filter(({ kind }) => kind === 'package');
    this.pixels = known.filter(({ kind }) => kind === 'pixel');
  }

  knows(kind: Artifact['kind'], id: string): boolean {
    if (this.acceptsAny) return true;
    return this.listOf(kind).some((artifact) => artifact.id === id);
  }

  find(kind: Artifact['kind'], id: string): Artifact | undefined {
    return this.listOf(kind).find((artifact) => artifact.id === id);
  }

  private listOf(kind: Artifact['kind']): Artifact[] {
    return kind === 'package' ? this.packages : this.pixels;
  }
}
