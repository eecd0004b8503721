import { z } from "zod";

export const dataCollection = z.enum(["allow", "deny", "zero-retention"]).optional().meta({
  description:
    "What the provider promises by contract, for callers who ask by `provider.data_collection` or `provider.zdr`. `deny`: it learns nothing from what it is sent, and stores it for no other use. `zero-retention`: it keeps nothing. Without it, or `allow`: no promise. Private providers need none.",
});
