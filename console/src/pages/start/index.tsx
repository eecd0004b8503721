import { Page } from "../../ui/page.tsx";

export const StartPage = () => <Page title="StartPage">…</Page>;
