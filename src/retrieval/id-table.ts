/**
 * A set of 128-bit ids, each with the tag of whoever claimed it: an open-addressing table in 256
 * segments that grow one by one, so that growing never doubles the memory. Takes 20 bytes a place and
 * keeps between 47 and 70 percent of the places filled: 29 to 43 bytes an id.
 */

/** An id as four 32-bit words; used again for the next one. */
export type IdWords = Uint32Array;

const segmentCount = 256;
const firstPlaces = 64;
const mostFilled = 0.7;
const growth = 1.5;
/** Of a place: the four words of the id, then the tag; a tag of 0 means that the place is free. */
const wordsPerPlace = 5;
const bytesPerPlace = 4 * wordsPerPlace;

interface Segment {
  words: Uint32Array;
  places: number;
  used: number;
}

export class IdTable {
  #segments: Segment[] = createSegments();

  /** Memory of the table. */
  get bytes(): number {
    return this.#segments.reduce((sum, { places }) => sum + places * bytesPerPlace, 0);
  }

  get size(): number {
    return this.#segments.reduce((sum, { used }) => sum + used, 0);
  }

  /**
   * Claims the id for `tag` (above 0) when nobody has it, and gives 0; else gives the tag that has it and
   * changes nothing.
   */
  claim(id: IdWords, tag: number): number {
    const hash = hashWords(id);
    const segment = this.#segmentAt(hash);
    const place = findPlace(segment, id, hash);
    const holder = tagAt(segment, place);
    if (holder !== 0) return holder;
    fillPlace(segment, place, id, tag);
    if (segment.used > segment.places * mostFilled) grow(segment);
    return 0;
  }

  /** Gives an id that is in the table to another tag. */
  retag(id: IdWords, tag: number): void {
    const hash = hashWords(id);
    const segment = this.#segmentAt(hash);
    segment.words[findPlace(segment, id, hash) * wordsPerPlace + 4] = tag;
  }

  /** Forgets the ids of every tag but these. */
  keepOnly(tags: ReadonlySet<number>): void {
    const old = this.#segments;
    this.#segments = createSegments();
    const id = new Uint32Array(4);
    for (const segment of old) {
      for (let place = 0; place < segment.places; place++) {
        const tag = tagAt(segment, place);
        if (!tags.has(tag)) continue;
        readPlace(segment, place, id);
        this.claim(id, tag);
      }
    }
  }

  #segmentAt(hash: number): Segment {
    return this.#segments[hash >>> 24] as Segment;
  }
}

function createSegments(): Segment[] {
  return Array.from({ length: segmentCount }, () => createSegment(firstPlaces));
}

function createSegment(places: number): Segment {
  return { words: new Uint32Array(places * wordsPerPlace), places, used: 0 };
}

/** The place that holds the id, or the free one where it belongs. */
function findPlace(segment: Segment, id: IdWords, hash: number): number {
  const { words, places } = segment;
  const first = id[0];
  const second = id[1];
  const third = id[2];
  const fourth = id[3];
  let place = firstPlace(hash, places);
  for (;;) {
    const at = place * wordsPerPlace;
    if (words[at + 4] === 0) return place;
    if (
      words[at] === first &&
      words[at + 1] === second &&
      words[at + 2] === third &&
      words[at + 3] === fourth
    ) {
      return place;
    }
    place = place + 1 === places ? 0 : place + 1;
  }
}

function tagAt({ words }: Segment, place: number): number {
  return words[place * wordsPerPlace + 4] as number;
}

function fillPlace(segment: Segment, place: number, id: IdWords, tag: number): void {
  const { words } = segment;
  const at = place * wordsPerPlace;
  words[at] = id[0] as number;
  words[at + 1] = id[1] as number;
  words[at + 2] = id[2] as number;
  words[at + 3] = id[3] as number;
  words[at + 4] = tag;
  segment.used++;
}

function readPlace({ words }: Segment, place: number, id: IdWords): void {
  const at = place * wordsPerPlace;
  id[0] = words[at] as number;
  id[1] = words[at + 1] as number;
  id[2] = words[at + 2] as number;
  id[3] = words[at + 3] as number;
}

/** Ids are taken over in the order of their places, which is that of their new ones: memory is read and written in a row. */
function grow(segment: Segment): void {
  const { words } = segment;
  const larger = createSegment(Math.ceil(segment.places * growth));
  const { places, words: target } = larger;
  const id = new Uint32Array(4);
  for (let place = 0; place < segment.places; place++) {
    const from = place * wordsPerPlace;
    if (words[from + 4] === 0) continue;
    readPlace(segment, place, id);
    let to = firstPlace(hashWords(id), places) * wordsPerPlace;
    while (target[to + 4] !== 0) to = to + wordsPerPlace === target.length ? 0 : to + wordsPerPlace;
    for (let word = 0; word < wordsPerPlace; word++) target[to + word] = words[from + word] as number;
  }
  larger.used = segment.used;
  Object.assign(segment, larger);
}

/** Where an id with this hash stands when nothing is in its way. */
function firstPlace(hash: number, places: number): number {
  return Math.floor(((hash & 0xffffff) / 0x1000000) * places);
}

/** Spreads ids whose bits are not random (UUIDs of versions 1, 6 and 7 begin with the time). */
function hashWords(id: IdWords): number {
  let hash = Math.imul((id[0] ?? 0) ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ (id[1] ?? 0), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ (id[2] ?? 0), 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 16) ^ (id[3] ?? 0), 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
