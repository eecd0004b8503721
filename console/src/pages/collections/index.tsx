import { Page } from "../../ui/page.tsx";

export const CollectionsPage = () => <Page title="CollectionsPage">…</Page>;
