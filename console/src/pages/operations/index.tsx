import { Page } from "../../ui/page.tsx";

export const OperationsPage = () => <Page title="OperationsPage">…</Page>;
