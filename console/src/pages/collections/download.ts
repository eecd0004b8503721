import { ask } from "../../api/client.ts";

/** Saves an uploaded file as it is. It is never opened here: a browser would run what is in it. */
export async function download(file: string, name: string): Promise<void> {
  const bytes = await (await ask(`/v1/files/${encodeURIComponent(file)}/content`)).blob();
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
