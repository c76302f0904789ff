System.Console.WriteLine("pmsfc");
