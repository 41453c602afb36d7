// The demo shop: orders as cards, and a sign-in that hands the chat a signed identity, as a real shop's page would.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const signIn = byId("customer");
  let say = (name, otherwise) => otherwise;
  let orders = [];

  function card(order) {
    const made = document.createElement("li");
    const top = document.createElement("div");
    top.className = "top";
    const number = document.createElement("bdi");
    number.textContent = order.number;
    const status = document.createElement("span");
    status.className = `status ${order.status}`;
    status.textContent = say(order.status, order.status.replaceAll("_", " "));
    top.append(number, status);
    const title = document.createElement("h2");
    title.dir = "auto";
    title.textContent = order.items.join(", ");
    const foot = document.createElement("p");
    foot.className = "foot";
    foot.dir = "auto";
    foot.textContent = signIn.value ? order.total : `${order.total}\n${order.email}`;
    made.append(top, title, foot);
    return made;
  }

  function show() {
    byId("orders").replaceChildren(...orders.filter((one) => !signIn.value || one.customer === signIn.value).map(card));
  }

  async function change() {
    const chat = document.querySelector("amends-chat");
    const name = signIn.selectedOptions[0].textContent;
    show();
    byId("signed").textContent = "";
    if (!signIn.value) { chat.identity = null; return; }
    const body = JSON.stringify({ customer: signIn.value });
    const answer = await fetch("/api/demo/sign-in", { method: "POST", headers: { "content-type": "application/json" }, body }).catch(() => null);
    if (!answer?.ok) { byId("signed").textContent = say("failed", "The sign-in failed."); return; }
    chat.identity = (await answer.json()).identity;
    byId("signed").textContent = say("signed", "Signed in as {name}.").replace("{name}", name);
  }

  async function begin() {
    if (new URLSearchParams(location.search).get("lang") === "ar") {
      const words = await (await fetch("/static/demo/ar.json")).json();
      say = (name, otherwise) => words[name] ?? otherwise;
      Object.assign(document.documentElement, { lang: "ar", dir: "rtl" });
      for (const one of document.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say, one.textContent);
      Object.assign(byId("language"), { textContent: "English", href: "?lang=en", lang: "en" });
    }
    orders = (await (await fetch("/api/demo")).json()).orders;
    for (const one of new Map(orders.map((order) => [order.customer, order.name]))) signIn.append(new Option(one[1], one[0]));
    signIn.addEventListener("change", change);
    show();
  }

  begin();
})();
