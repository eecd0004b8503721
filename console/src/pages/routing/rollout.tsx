import { Page } from "../../ui/page.tsx";

export const RolloutPage = () => <Page title="RolloutPage">…</Page>;
