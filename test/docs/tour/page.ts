/** docs/tour.md: the scenes as they look on a terminal, what differs from run to run replaced by examples of it. */
import { play } from '../../report/terminal/scene.ts';
import { pictureOf } from './picture.ts';
import { TOUR, type TourScene } from './scenes.ts';

/** A scene as it is shown: its section of the page, and a picture of it. */
export interface Shown {
  section: string;
  /** Beside docs/tour.md. */
  path: string;
  /** SVG. */
  picture: string;
}

/** Plays all scenes, which takes a while; gives the page, and its pictures by path. */
export async function tourPage(): Promise<{ page: string; pictures: Map<string, string> }> {
  const scenes: Shown[] = [];
  for (const scene of TOUR) scenes.push(await show(scene));
  const page = `${[
    '# A tour',
    'What a person sees on a terminal of 80 columns. `npm run tour` plays the commands on a pseudo-terminal and writes this page; a test holds it against the program. Ids, times and sizes are examples.',
    ...scenes.map(({ section }) => section),
  ].join('\n\n')}\n`;
  return { page, pictures: new Map(scenes.map(({ path, picture }) => [path, picture])) };
}

/** Plays one scene. */
export async function show({ title, command, scene, moment, isAligned }: TourScene): Promise<Shown> {
  const { frames, painted } = await play(scene);
  const at = moment === undefined ? -1 : frames.findIndex((frame) => moment.test(frame));
  const shown = withoutChance(`$ ${command}\n${painted.at(at) ?? '(missing)'}`, isAligned);
  const path = `pictures/tour/${title.toLowerCase().replaceAll(/\W+/g, '-').replaceAll(/^-|-$/g, '')}.svg`;
  const text = shown.replaceAll(/[\ue000-\ue0ff]/g, '');
  const section = `## ${title}\n\n![The text below, as a terminal shows it](${path})\n\n\`\`\`text\n${text}\n\`\`\``;
  return { section, path, picture: pictureOf(shown) };
}

const replacements: readonly [RegExp, string][] = [
  [/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '8f14e45f-ceea-467f-a830-1f2d3c4b5a69'],
  [/\d{8}T\d{6}[\w-]*/g, '20261126T025200-k3f9'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-11-26T02:52:00Z'],
  [/\b\d{1,2} [A-Z][a-z]{2} \d\d:\d\d/g, '26 Nov 02:52'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:8377'],
  [/Node\.js \d+\.\d+\.\d+/g, 'Node.js 20.20.2'],
  [/\/\S*scarf-cli-\w{0,6}(?=[/…])…?/g, '/home/ada'],
  [/\b\d+(\.\d+)? (k|M|G)?B\/s/g, '9.5 MB/s'],
  [/\b[\d.,]+ (k|M|G)?B\b/g, '4.1 kB'],
  [/\b[\d.]+ (ms|s|min)\b/g, '1 s'],
  [/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋'],
  [/\^C/g, ''],
  [/\b(now|\d+ seconds? ago)(?= +import\b)/g, 'now'],
  [/\b(now|\d+ (seconds?|minutes?) ago) +(?=-)/g, '1 second ago  '],
  [/CREATED +LEFT/g, 'CREATED       LEFT'],
  [/[\d,]+ received = ([\d,]+) written \+ \d+ duplicates/g, '7,136 received = $1 written + 136 duplicates'],
];

/** Text as it looks in every run. `isAligned`: columns stay where they are. */
export function withoutChance(text: string, isAligned = false): string {
  const replaced = replacements.reduce(
    (result, [pattern, example]) => result.replace(pattern, example),
    text,
  );
  const trimmed = replaced.replaceAll(/[ \t]+$/gm, '');
  return isAligned ? trimmed : trimmed.replaceAll(/(?<=\S) {2,}/g, '  ');
}
