import { Page } from "../../ui/page.tsx";

export const PolicyPage = () => <Page title="PolicyPage">…</Page>;
