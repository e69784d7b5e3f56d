"""The page at `/`: a form that posts to the API, and links. Plain HTML; works without scripts."""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Contrapposto</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color: #222; }
  label { display: block; margin: .8rem 0; } input, select, button { font: inherit; }
  button { padding: .4rem 1.2rem; } fieldset { border: 1px solid #ccc; border-radius: .5rem; }
</style>
<h1>Contrapposto</h1>
<p>A picture of a character and a pose in; the same character in that pose out.</p>
<form action="/v1/transfers" method="post" enctype="multipart/form-data">
  <fieldset>
    <label>Character <input type="file" name="image" accept="image/*" required></label>
    <label>Pose <input name="pose" value="walking" required>, a name from <a href="/v1/poses">the library</a></label>
    <label>Background <input name="background" value="keep"> keep, transparent or #rrggbb</label>
    <label>Scale <select name="scale"><option>1<option>2<option>4<option>4k</select></label>
    <button>Pose it</button>
  </fieldset>
</form>
<p>The answer is a PNG. References, keypoints and all other fields: <a href="/docs">API</a>,
<a href="/openapi.json">OpenAPI</a>. State: <a href="/readyz">ready</a>, <a href="/metrics">metrics</a>.</p>
</html>
"""
