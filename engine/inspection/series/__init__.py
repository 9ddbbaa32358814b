"""Looking at forecasts: a series and where it is forecast from, baselines beside a network, and what it rests on."""
