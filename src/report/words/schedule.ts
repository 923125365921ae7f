/** The words of `schedule`. */

export const noSchedulesText = 'No schedules: "scarf-cli schedule create" makes one.';

export const noFilesWrittenText = 'No files yet: Scarf writes the first in the evening (UTC).';

export const alreadyScheduledText = 'This schedule exists already; nothing was created.';

export const createdText =
  'Created the schedule. Scarf writes scarf-test.csv first, then files every evening (UTC).';

export function deletedText(id: string): string {
  return `Deleted schedule ${id}.`;
}
