import { systemAfter } from "../admit/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { createVllmWatch, type VllmWatch } from "../provider/index.ts";
import type { Log } from "../telemetry/index.ts";

/** The watch over the vLLM servers of the configuration. An operator hears when one cannot be read, once and not twice a second. */
export const composeVllm = ({ clock, log }: { readonly clock: Clock; readonly log: Log }): VllmWatch =>
  createVllmWatch({
    clock,
    after: systemAfter,
    told(provider, why) {
      if (why === undefined) log.info("metrics of a vLLM server can be read again", { provider });
      else log.warn("metrics of a vLLM server cannot be read: its queue is not known", { provider, why });
    },
  });
