import { Page } from "../../ui/page.tsx";

export const GuardPage = () => <Page title="GuardPage">…</Page>;
