// Where it is. `[data-locate]` is a button beside a hidden input that takes `latitude,longitude,accuracy`.

/** Wires every locate button of the form; where permission was given before, the position is taken at once. */
export function offerPosition(form, { say, changed }) {
  for (const button of form.querySelectorAll("[data-locate]")) {
    const box = button.closest(".gewu-question, [data-locate-box]") ?? form;
    const input = box.querySelector("input[type=hidden]");
    const status = box.querySelector("[data-locate-status], [data-located]");
    const tell = (text) => {
      if (status) status.textContent = text;
    };
    button.addEventListener("click", () => locate(input, tell, say, changed));
    if (!input.value) whenGranted(() => locate(input, tell, say, changed));
  }
}

function locate(input, tell, say, changed) {
  if (!navigator.geolocation) {
    tell(say("notLocated"));
    return;
  }
  tell(say("locating"));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const accuracy = Math.round(coords.accuracy);
      input.value = `${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)},${accuracy}`;
      tell(say("located", { accuracy }));
      changed();
    },
    () => tell(say("notLocated")),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
}

async function whenGranted(act) {
  const permission = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (permission?.state === "granted") act();
}
