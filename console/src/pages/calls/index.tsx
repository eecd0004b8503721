import { Page } from "../../ui/page.tsx";

export const CallPage = () => <Page title="CallPage">…</Page>;
