/** Asks a vendor how many slots other clients hold, while the first rows are read. */
import { Failure } from '../failure.ts';
import type { Delivery } from './delivery.ts';
import { attempt } from './send/attempt.ts';
import type { UploadSlots } from './send/upload-slots.ts';

/** What the question depends on. */
type Learning = Pick<Delivery, 'target' | 'work' | 'supplies' | 'options' | 'context'>;

/**
 * Starts asking for slots; the returned function waits for the answer. A refusal stops the delivery only after the
 * first chunk has been read, so that the report counts the same rows however fast the vendor refuses. A stream may
 * stay silent for hours: with one, a refusal stops the delivery at once.
 */
export function startLearning(delivery: Learning, slots: UploadSlots): () => Promise<void> {
  const { supplies, context } = delivery;
  const learning = learnSlots(delivery, slots);
  const learned = () => learning.catch((error: unknown) => context.stopping.stopFor(error));
  if (supplies.some(({ input }) => input.kind === 'stream')) void learned();
  // Reported by `learned`; this only prevents an unhandled rejection.
  else learning.catch(() => undefined);
  return learned;
}

/** Asks how many slots other clients hold. Being the first request to the vendor, it also detects a wrong token. */
async function learnSlots({ target, work, options, context }: Learning, slots: UploadSlots): Promise<void> {
  const { machine, emit, stopping } = context;
  const nothingToSend = work.plan.every((input) => input.gaps.length === 0);
  if (!target.countActiveElsewhere || nothingToSend || stopping.noNew.aborted) return;
  const { maxRetries } = options;
  const answer = await attempt(
    async () => (await target.countActiveElsewhere?.(stopping.cut)) ?? nobodyElse,
    {
      purpose: 'active-elsewhere',
      maxRetries,
      harmless: true,
      machine,
      emit,
      signal: stopping.noNew,
    },
  );
  if (answer.kind === 'retry') {
    if (stopping.noNew.aborted) return;
    throw new Failure('unavailable', `no answer: ${answer.message}`);
  }
  const ours = new Set(work.adopted.map(({ job }) => job));
  slots.othersHold(answer.ids.filter((id) => !ours.has(id)).length);
  emit({ type: 'slots-known', active: slots.active, others: slots.others });
}

const nobodyElse = { kind: 'active-elsewhere' as const, ids: [] };
