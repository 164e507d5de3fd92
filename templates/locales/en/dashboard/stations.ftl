## stations
