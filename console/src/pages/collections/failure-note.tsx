/** Why a form was not taken, in the server's words. */
export const FailureNote = ({ say }: { readonly say: string | undefined }) =>
  say === undefined ? null : (
    <p role="alert" className="foreign rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
      {say}
    </p>
  );
