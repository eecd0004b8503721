/** The collection that is asked. */
export type Chosen = { readonly id: string; readonly name: string };

/** A question to the documents of a collection, as any client would send it. */
export const toBody = (question: string, collection: Chosen | undefined) => ({
  model: "auto",
  messages: [{ role: "user", content: question }],
  rag: { enabled: true, ...(collection === undefined ? {} : { collection: collection.name }) },
});
